"""The main story, from the street's request to the first day at work."""

from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.recruitment import Recruitment


def test_a_recruitment_runs_from_request_to_first_day(recruitment: Recruitment) -> None:
    first, second, third = recruitment.admitted(0), recruitment.admitted(1), recruitment.admitted(2)
    rival = recruitment.admitted(0)
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine({first: 80, second: 75, third: 70, rival: 60})
    recruitment.shortlist()
    recruitment.recheck(first, second, third, rival)
    recruitment.to_interview()
    recruitment.interview({first: 85, second: 80, third: 75, rival: 70})
    recruitment.release_totals()
    recruitment.vet(first, second, third)
    recruitment.publicise()
    recruitment.approve()
    for hired in (first, second, third):
        recruitment.take_on(hired)
        assert (hired.state(), hired.outcome) == (RegistrationState.HIRED, "已聘用")
    assert (rival.state(), rival.outcome) == (RegistrationState.RESERVE, "面试止步或候补")
    assert recruitment.state() == CampaignState.CLOSED
    assert recruitment.outcome == "招聘办结"
