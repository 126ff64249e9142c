"""Annual appraisal (年度考核): guide, plans, cases, ballots, grades and what follows from them [N 9]."""
