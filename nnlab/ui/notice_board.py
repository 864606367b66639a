"""The line above the stage for what has happened and what waits: it shows the notice that wins."""

from nnlab.ui.actions import ACTIONS
from nnlab.ui.live_actions import Actions
from nnlab.ui.messages import Progress
from nnlab.ui.notices import About, Notices, news, put_aside, stopped, welcome, written
from nnlab.ui.session import Session
from nnlab.ui.situation import Situation
from nnlab.ui.widgets.notice import NoticeLine


class NoticeBoard(NoticeLine):
    """Follows the session; its buttons do what rows of the table of actions do."""

    def __init__(self, session: Session, actions: Actions) -> None:
        super().__init__()
        self._session, self._actions = session, actions
        self._notices = Notices(session.situation)
        self._stop = ""  # the breakpoint that was told
        self.acted.connect(self._act)
        self.acted_otherwise.connect(self._act_otherwise)
        self.dismissed.connect(self._on_dismissed)
        session.situation_changed.connect(self._on_situation)
        session.message.connect(self.tell_news)
        session.put_aside.connect(self._on_put_aside)
        session.progressed.connect(self._on_progressed)

    def tell_news(self, sentence: str) -> None:
        """Something has gone wrong, or well."""
        self._change(self._notices.tell(news(sentence)))

    def welcome(self) -> None:
        """Somebody is here for the first time; what happens next takes the place of it."""
        if self._notices.shown is None:
            self._change(self._notices.tell(welcome()))

    def tell_written(self, sentence: str) -> None:
        """Something was saved where the sentence says."""
        self._change(self._notices.tell(written(sentence)))

    def _act(self) -> None:
        if self._notices.shown is not None:
            self._actions[self._notices.shown.action].trigger()

    def _act_otherwise(self) -> None:
        if self._notices.shown is not None:
            self._actions[self._notices.shown.other_action].trigger()

    def _on_dismissed(self) -> None:
        if self._notices.shown is not None and self._notices.shown.about is About.COMPLETE:
            self._session.offer_no_more()
        else:
            self._change(self._notices.dismiss())

    def _on_situation(self, situation: Situation) -> None:
        self._change(self._notices.follow(situation))

    def _on_put_aside(self) -> None:
        opened = self._session.runs.present.opened
        self._change(self._notices.tell(put_aside(self._notices.situation, opened)))

    def _on_progressed(self, progress: Progress) -> None:
        if progress.stop == self._stop:
            return
        self._stop = progress.stop
        self._change(self._notices.tell(stopped(self._stop)) if self._stop else self._notices.take_back(About.STOPPED))

    def _change(self, notices: Notices) -> None:
        before, self._notices = self._notices, notices
        if (shown := notices.shown) is None:
            self.hide()
            return
        if shown != before.shown or notices.told is not before.told:
            self.tell(shown.sentence, shown.button, shown.other_button)
        self.button.setEnabled(not shown.action or ACTIONS[shown.action].can(notices.situation))
