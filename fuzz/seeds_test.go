package fuzz_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/convuser/convuser/fuzz/vectors"
)

const (
	example = `{"sid":"USaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","url":"https://a/b","links":{"user_conversations":"https://a/c","x":1},` +
		`"identity":"a\u00e9","role_sid":null,"is_online":true,"attributes":"{}","n":[1,{"m":-1.5e3}],"friendly_name":"\ud83d\ude00","o":"\/"}`
	exampleForm    = "Identity=a%40b&FriendlyName=%C3%A9+x&Attributes=%7B%7D&RoleSid=RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	exampleRequest = `{"Identity":"a","FriendlyName":"\u00e9","Attributes":"{\"a\":1}","RoleSid":"RLaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`
)

// add adds the texts of lists as seeds.
func add(f *testing.F, lists ...[]string) {
	f.Helper()
	for _, s := range slices.Concat(lists...) {
		f.Add(s)
	}
}

// seeds returns the inputs of tables, by their paths from the project's root. It
// reads no other member of a row: they differ from table to table.
func seeds(f *testing.F, tables ...string) (list []string) {
	f.Helper()
	for _, table := range tables {
		for _, row := range vectors.Load[json.RawMessage](f, table) {
			var v struct{ vectors.Text }
			if json.Unmarshal(row, &v) == nil { // or its "in" is not a string
				list = append(list, v.String())
			}
		}
	}
	return list
}

// asMembers returns JSON texts as the values of an unknown member.
func asMembers(texts []string) (list []string) {
	for _, s := range texts {
		list = append(list, `{"v":`+s+"}")
	}
	return list
}

var requestNames = []string{"Identity", "FriendlyName", "Attributes", "RoleSid"}
