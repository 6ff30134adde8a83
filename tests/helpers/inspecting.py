"""What a hand does at the inspector, and what the document then holds."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from pctalk_studio.document.project import Emotion, EmotionClip
from pctalk_studio.session.selection import Selection


def select(panel, editor, **what):
    editor.select(Selection.of(**what))
    panel.refresh()


def typed(panel, field, text):
    QTest.mouseClick(field, Qt.LeftButton)
    QTest.keyClicks(field, f"{text}\r")
    panel.refresh()


def click(panel, button):
    QTest.mouseClick(button, Qt.LeftButton)
    panel.refresh()


def button(sheet, text):
    return next(each for each in sheet.findChildren(QPushButton) if each.text() == text)


def words(editor, *texts):
    return [word.id for word in editor.project.speech.words if word.text in texts]


def style(editor, text):
    return next(word.style for word in editor.project.speech.words if word.text == text)


def steps(editor):
    return len(editor.desk.studio.history.past)


def add_emotion(editor, emotion=Emotion.HAPPY, **more):
    number = editor.project.next_id
    assert editor.apply("add_emotion", clip=EmotionClip(emotion, **{"start": 0.2, "end": 1.2, **more}))
    return number


def emotion(editor, number):
    return next(clip for clip in editor.project.emotions if clip.id == number)
