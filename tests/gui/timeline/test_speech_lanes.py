"""Words and phones by mouse and keys: every gesture changes the document as it should, in one step to undo."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from pctalk_studio.app.look import DARK
from pctalk_studio.app.widgets.phone_palette import CELLS, PhonePalette
from pctalk_studio.document.speech_track import Owner, WordItem
from pctalk_studio.session.selection import Selection

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def speech(hand):
    """Gets the words and phones as they are now."""
    return lambda: hand.editor.project.speech


def word(speech, text):
    return next(each for each in speech().words if each.text == text)


def middle(item):
    return (item.start + item.end) / 2


def undone(hand, before):
    hand.editor.undo()
    assert hand.editor.project.speech == before


# -- selecting -----------------------------------------------------------------------------------------------------------


def test_clicks_select_toggle_and_extend(hand, speech):
    words = speech().words
    hand.click("words", middle(words[1]))
    assert hand.editor.selection == Selection.of(words=[words[1].id])
    hand.click("words", middle(words[3]), held=SHIFT)
    assert hand.editor.selection.words == {each.id for each in words[1:4]}
    hand.click("words", middle(words[2]), held=CTRL)
    assert hand.editor.selection.words == {words[1].id, words[3].id}
    hand.click("phones", middle(speech().phones[2]))
    assert hand.editor.selection == Selection.of(phones=[speech().phones[2].id])


def test_a_rubber_band_selects_what_it_touches_in_several_lanes(hand, speech):
    words = speech().words
    start = 2.2
    hand.drag("word_style", start, middle(words[4]), share=0.9, to="words", to_share=0.3)
    chosen = hand.editor.selection
    assert chosen.words == {each.id for each in words[4:]}
    assert chosen.phones == {each.id for each in speech().phones if middle(words[4]) < each.end and each.start < start}


def test_keys_walk_extend_and_select_all(hand, speech):
    words = speech().words
    hand.click("words", middle(words[1]))
    hand.key(Qt.Key.Key_Right, CTRL)
    assert hand.editor.selection.words == {words[2].id}
    hand.key(Qt.Key.Key_Right, CTRL | SHIFT)
    assert hand.editor.selection.words == {words[2].id, words[3].id}
    hand.key(Qt.Key.Key_Left, CTRL)
    assert hand.editor.selection.words == {words[1].id}
    hand.key(Qt.Key.Key_Down, CTRL)
    hand.key(Qt.Key.Key_A, CTRL)
    assert hand.editor.selection.phones == {each.id for each in speech().phones}


def test_a_double_click_plays_the_interval(hand, speech):
    duck = word(speech, "duck")
    hand.double_click("words", middle(duck))
    transport = hand.editor.desk.transport
    assert transport.playing
    assert transport.frame == hand.editor.project.rate.frame_at(duck.start)
    transport.pause()


def test_f8_goes_round_the_doubtful_words(hand, speech):
    hand.do("next_doubtful")
    assert hand.editor.selection.words == {word(speech, "my").id}
    assert hand.editor.desk.transport.frame == hand.editor.project.rate.frame_at(word(speech, "my").start)
    hand.do("next_doubtful")
    assert hand.editor.selection.words == {word(speech, "my").id}
    hand.editor.apply("set_owner", item_id=word(speech, "my").id, owner=Owner.EDITED)
    hand.editor.select(Selection())
    hand.do("next_doubtful")
    assert not hand.editor.selection


def test_a_word_that_was_not_said_is_marked_selected_and_found(hand, speech):
    track = speech()
    unsaid = WordItem(track.next_id, "never", 2.1, 2.1, 0.0, said=False)
    changed = replace(track, words=(*track.words, unsaid), next_id=track.next_id + 1)
    history = hand.editor.desk.studio.history
    hand.editor.desk.studio.history = history.done(replace(hand.editor.project, speech=changed), "For this test")
    hand.canvas.update()
    hand.click("words", 2.1)
    assert hand.editor.selection.words == {unsaid.id}
    assert "not said" in hand.canvas.accessibleDescription()
    hand.editor.select(Selection())
    assert DARK.stale in colours(hand, "words", 2.1)
    hand.editor.desk.transport.seek_seconds(1.9)
    hand.do("next_doubtful")
    assert hand.editor.selection.words == {unsaid.id}


# -- boundaries ----------------------------------------------------------------------------------------------------------


def test_an_edge_of_word_and_phone_moves_both_in_one_step(hand, speech, no_snap):
    before = speech()
    duck, swims = word(speech, "duck"), word(speech, "swims")
    hand.drag("words", duck.end, duck.end + 0.04)
    edge = word(speech, "duck").end
    assert edge == pytest.approx(duck.end + 0.04, abs=0.003)
    assert word(speech, "swims").start == edge
    assert sum(phone.end == edge for phone in speech().phones) == 1
    assert sum(phone.start == edge for phone in speech().phones) == 1
    assert word(speech, "swims").end == swims.end
    undone(hand, before)


def test_a_boundary_stops_at_its_neighbours(hand, speech, no_snap):
    phones = speech().phones
    hand.drag("phones", phones[2].end, phones[2].end + 0.5)
    moved = speech().phones
    assert moved[3].end == pytest.approx(phones[3].end)
    assert moved[3].end - moved[3].start == pytest.approx(0.010, abs=1e-6)


@pytest.mark.parametrize("by_mode", [True, False])
def test_ripple_pushes_everything_later(hand, speech, no_snap, by_mode):
    before = speech()
    if by_mode:
        hand.editor.set_modes(replace(hand.editor.modes, ripple=True))
    hand.drag(
        "phones", before.phones[2].end, before.phones[2].end + 0.05, held=Qt.KeyboardModifier.NoModifier if by_mode else CTRL
    )
    shift = speech().phones[2].end - before.phones[2].end
    assert shift == pytest.approx(0.05, abs=0.003)
    for old, new in zip(before.phones[3:-1], speech().phones[3:-1], strict=True):
        assert new.start - old.start == pytest.approx(shift)
        assert new.end - old.end == pytest.approx(shift)
    assert speech().duration == before.duration
    undone(hand, before)


def test_ripple_stops_where_the_silence_at_the_end_is_used_up(hand, speech, no_snap):
    first = speech().phones[1]
    hand.drag("phones", first.end, first.end + 1.0, held=CTRL)
    last = speech().phones[-1]
    assert last.end - last.start == pytest.approx(0.010, abs=1e-6)


def test_a_boundary_snaps_to_the_playhead_and_alt_suspends_it(hand, speech):
    edge = speech().phones[2].end
    hand.editor.desk.transport.seek(14)
    at = hand.editor.desk.transport.seconds
    near = at + hand.panel.view.scale.seconds(4)
    hand.drag("phones", edge, near)
    assert speech().phones[2].end == at
    hand.drag("phones", at, near, held=ALT)
    assert speech().phones[2].end == pytest.approx(near, abs=0.002)
    assert speech().phones[2].end != at


def test_a_boundary_snaps_to_zero_crossings_when_they_are_seen(hand, speech):
    edge = speech().phones[4].end
    hand.panel.view.show(edge - 0.015, edge + 0.015)
    sound = hand.editor.desk.sources.sound
    hum = 140.0
    crossing = round((edge + 0.0036) * 2 * hum) / (2 * hum)
    hand.drag("phones", edge, crossing + 0.0001)
    assert speech().phones[4].end == pytest.approx(crossing, abs=2e-5)
    at = speech().phones[4].end * sound.rate
    low = int(at)
    values = sound.samples[low : low + 2, 0]
    assert values[0] * values[1] <= 0


def test_escape_takes_a_drag_back(hand, speech, no_snap):
    before = speech()
    edge = before.phones[2].end
    hand.press("phones", edge)
    hand.move("phones", edge + 0.03)
    assert speech() != before
    assert hand.canvas.gesture.read_out.count("ms") >= 2
    hand.key(Qt.Key.Key_Escape)
    assert speech() == before
    hand.release("phones", edge + 0.03)
    assert speech() == before


def test_keys_nudge_the_edge_that_was_pressed_last(hand, speech):
    edge = speech().phones[2].end
    hand.click("phones", edge)
    hand.key(Qt.Key.Key_Period, ALT)
    assert speech().phones[2].end == pytest.approx(edge + 0.01)
    hand.key(Qt.Key.Key_Comma)
    assert speech().phones[2].end == pytest.approx(edge + 0.01 - 0.04)


def test_a_locked_neighbour_keeps_the_boundary(hand, speech, no_snap):
    phone = speech().phones[3]
    hand.editor.apply("set_owner", item_id=phone.id, owner=Owner.LOCKED)
    before = speech()
    hand.drag("phones", phone.start, phone.start + 0.03)
    assert speech() == before


# -- splitting, joining, changing ----------------------------------------------------------------------------------------


def test_a_phone_is_split_at_the_playhead_and_joined_again(hand, speech):
    phone = speech().phones[2]
    hand.click("phones", middle(phone))
    hand.editor.desk.transport.seek_seconds(middle(phone))
    hand.key(Qt.Key.Key_S)
    halves = [each for each in speech().phones if phone.start <= each.start < phone.end]
    assert [each.label for each in halves] == [phone.label] * 2
    hand.click("phones", middle(halves[0]))
    hand.key(Qt.Key.Key_J, CTRL)
    joined = [each for each in speech().phones if phone.start <= each.start < phone.end]
    assert [(each.start, each.end) for each in joined] == [(phone.start, phone.end)]


def test_selected_phones_are_deleted_together(hand, speech):
    before = speech()
    hand.click("phones", middle(before.phones[2]))
    hand.click("phones", middle(before.phones[4]), held=CTRL)
    hand.key(Qt.Key.Key_Delete)
    assert {each.id for each in before.phones} - {each.id for each in speech().phones} == {
        before.phones[2].id,
        before.phones[4].id,
    }
    undone(hand, before)


def palette():
    return next(each for each in QApplication.topLevelWidgets() if isinstance(each, PhonePalette) and each.isVisible())


def test_the_palette_takes_typed_phones_and_stress(hand, speech, qtbot):
    phone = speech().phones[3]
    hand.click("phones", middle(phone))
    hand.key(Qt.Key.Key_F2)
    opened = palette()
    qtbot.keyClicks(opened, "ao2")
    assert "AO" in opened.accessibleDescription()
    qtbot.keyClick(opened, Qt.Key.Key_Return)
    changed = speech().phone(phone.id)
    assert (changed.label, changed.stress, changed.owner) == ("AO", 2, Owner.EDITED)


def test_the_palette_is_walked_with_arrows_and_left_with_escape(hand, speech, qtbot):
    before = speech()
    hand.click("phones", middle(before.phones[3]))
    hand.key(Qt.Key.Key_Return)
    opened = palette()
    label = opened.label
    qtbot.keyClick(opened, Qt.Key.Key_Right)
    assert opened.label != label
    qtbot.keyClick(opened, Qt.Key.Key_Left)
    assert opened.label == label
    qtbot.keyClick(opened, Qt.Key.Key_Escape)
    assert speech() == before


def test_a_click_in_the_palette_changes_all_selected_phones(hand, speech, qtbot):
    before = speech()
    hand.click("phones", middle(before.phones[2]))
    hand.click("phones", middle(before.phones[4]), held=CTRL)
    hand.key(Qt.Key.Key_Return)
    opened = palette()
    cell = next(each for each in CELLS if each.label == "B")
    qtbot.mouseClick(opened, Qt.MouseButton.LeftButton, pos=opened.box(cell).center().toPoint())
    assert [speech().phone(each.id).label for each in (before.phones[2], before.phones[4])] == ["B", "B"]
    undone(hand, before)


def test_a_phone_is_inserted_and_named(hand, speech, qtbot):
    before = speech()
    hand.canvas.focus_on(hand.lane("phones"))
    hand.editor.desk.transport.seek(3)
    hand.key(Qt.Key.Key_Insert)
    qtbot.keyClicks(palette(), "m")
    qtbot.keyClick(palette(), Qt.Key.Key_Return)
    new = next(each for each in speech().phones if each.id not in {old.id for old in before.phones} and each.label == "M")
    assert new.start == pytest.approx(0.12, abs=0.001)


def field(hand):
    return next(each for each in hand.canvas.findChildren(QLineEdit) if each.isVisible())


def test_a_word_is_written_anew_in_place(hand, speech, qtbot):
    duck = word(speech, "duck")
    hand.click("words", middle(duck))
    hand.key(Qt.Key.Key_Return)
    qtbot.keyClicks(field(hand), "dug")
    qtbot.keyClick(field(hand), Qt.Key.Key_Return)
    assert speech().word(duck.id).text == "dug"
    assert hand.canvas.hasFocus()


def test_a_word_is_split_at_the_nearest_phone_and_joined(hand, speech, qtbot):
    swims = word(speech, "swims")
    hand.canvas.focus_on(hand.lane("words"))
    hand.editor.desk.transport.seek_seconds(swims.start + 0.21)
    hand.key(Qt.Key.Key_S)
    qtbot.keyClick(field(hand), Qt.Key.Key_Return)
    texts = [each.text for each in speech().words]
    assert texts == ["a", "duck", "sw", "ims", "past", "my", "bee"]
    hand.click("words", swims.start + 0.05)
    hand.key(Qt.Key.Key_J, CTRL)
    assert "sw ims" in [each.text for each in speech().words]


def test_a_word_is_deleted_and_another_laid_over_the_silence(hand, speech, qtbot):
    duck = word(speech, "duck")
    hand.click("words", middle(duck))
    hand.key(Qt.Key.Key_Delete)
    assert "duck" not in [each.text for each in speech().words]
    hand.editor.desk.transport.seek_seconds(middle(duck))
    hand.key(Qt.Key.Key_Insert)
    qtbot.keyClicks(field(hand), "drake")
    qtbot.keyClick(field(hand), Qt.Key.Key_Return)
    assert [each.text for each in speech().words][:2] == ["a", "drake"]


def test_the_owner_is_switched_by_key_and_button_and_seen(hand, speech):
    duck = word(speech, "duck")
    header = hand.panel.headers.headers[hand.lane("words")]
    assert not header.owner.isEnabled()
    hand.click("words", middle(duck))
    before = hand.canvas.grab().toImage()
    hand.key(Qt.Key.Key_O, SHIFT)
    assert speech().word(duck.id).owner is Owner.LOCKED
    assert hand.canvas.grab().toImage() != before
    header.owner.click()
    assert speech().word(duck.id).owner is Owner.EDITED
    assert "edited" in header.owner.toolTip()


# -- style ---------------------------------------------------------------------------------------------------------------


def bar(hand, item, number):
    """Moment of the middle of a bar."""
    return middle(item) + hand.panel.view.scale.seconds((number - 1) * 9)


def test_a_bar_is_dragged_up_and_down_and_reset(hand, speech):
    duck = word(speech, "duck")
    time = bar(hand, duck, 0)
    hand.drag("word_style", time, time, share=0.5, to_share=0.3)
    raised = speech().word(duck.id).style
    assert raised.open > 1.2
    assert (raised.wide, raised.purse) == (1.0, 1.0)
    hand.double_click("word_style", time)
    assert speech().word(duck.id).style.open == 1.0
    hand.editor.undo()
    hand.editor.undo()
    assert speech().word(duck.id).style.open == 1.0


def test_a_bar_of_several_words_is_dragged_at_once(hand, speech):
    duck, bee = word(speech, "duck"), word(speech, "bee")
    hand.editor.select(Selection.of(words=[duck.id, bee.id]))
    time = bar(hand, duck, 2)
    hand.drag("word_style", time, time, share=0.5, to_share=0.7)
    purses = {speech().word(each.id).style.purse for each in (duck, bee)}
    assert len(purses) == 1
    assert purses.pop() < 0.9


def test_keys_raise_the_bar_and_reset(hand, speech):
    duck = word(speech, "duck")
    hand.click("word_style", duck.start + 0.005)
    hand.key(Qt.Key.Key_Up, ALT)
    hand.key(Qt.Key.Key_Up, ALT)
    assert speech().word(duck.id).style.open == pytest.approx(1.1)
    hand.key(Qt.Key.Key_Return)
    hand.key(Qt.Key.Key_Down, ALT)
    assert speech().word(duck.id).style.wide == pytest.approx(0.95)
    hand.key(Qt.Key.Key_Backspace, CTRL)
    assert speech().word(duck.id).style.open == 1.0


# -- looks ---------------------------------------------------------------------------------------------------------------


def colours(hand, name, time):
    """Colours of a column of a lane."""
    image = hand.canvas.grab().toImage()
    lane, at = hand.lane(name), hand.at(name, time)
    return {image.pixelColor(at.x(), y).name() for y in range(lane.top, lane.top + lane.height)}


def test_phones_are_tinted_by_what_the_lips_do(hand, speech):
    phones = speech().phones
    quarter = {each.label: each.start + 0.15 * (each.end - each.start) for each in phones}
    assert DARK.vowel in colours(hand, "phones", quarter["AE"])
    assert DARK.consonant in colours(hand, "phones", quarter["K"])
    assert {DARK.closure, DARK.closure_bar} <= colours(hand, "phones", quarter["P"])


def test_doubtful_words_are_framed_in_amber(hand, speech):
    assert DARK.stale in colours(hand, "words", word(speech, "my").start + 0.02)
    assert DARK.stale not in colours(hand, "words", word(speech, "bee").start + 0.02)


def test_nothing_of_another_part_of_the_project_repaints_the_words(hand):
    lane = hand.lane("words")
    painted = []
    paint = lane.paint
    lane.paint = lambda painter, strip: (painted.append(1), paint(painter, strip))
    hand.editor.apply("set_lip_scale", scale=0.7)
    hand.editor.desk.transport.seek(20)
    hand.canvas.grab()
    assert not painted
    hand.click("words", 0.45)
    hand.canvas.grab()
    assert painted


def test_everything_is_said_to_those_who_do_not_see_it(hand, speech):
    hand.click("words", middle(word(speech, "duck")))
    assert "duck" in hand.canvas.accessibleDescription()
    assert "automatic" in hand.canvas.accessibleDescription()
