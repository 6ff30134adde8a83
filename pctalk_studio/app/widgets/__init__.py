"""Controls that all views share: sliders, fields, chips, headings, the message bar."""
