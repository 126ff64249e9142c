"""Secondment (借调): a street borrows a worker of one of its communities for at most six months [N 9.2, 9.3, 9.4]."""
