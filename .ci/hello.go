// Program hello exits at once. The script run-on runs it to find out what this
// computer can run.
package main

func main() {}
