module sadi

go 1.26
