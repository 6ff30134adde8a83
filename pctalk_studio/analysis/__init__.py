"""From media to facts: faces and speech. Knows no controls, no motion and no pictures to come."""
