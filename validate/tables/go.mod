// A nested module, so that those who import the library do not see what it
// reads.
module github.com/convuser/convuser/validate/tables

go 1.26.0

require (
	github.com/mtibben/confusables v0.0.0-20210201002637-9d1b0723b659
	github.com/rivo/uniseg v0.4.7
	golang.org/x/text v0.43.0
)
