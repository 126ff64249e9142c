"""Open recruitment (公开招聘): requests, campaigns, registrations, exams and what follows them."""
