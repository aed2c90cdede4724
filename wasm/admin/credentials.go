package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"os"
	"runtime"
	"strings"

	"github.com/convuser/convuser/encode/httpwire"
)

// The environment variables, or members of a JSON file, with the credentials:
// an account SID and its auth token, or an API key and its secret, with or
// without the account SID.
const (
	accountName   = "TWILIO_ACCOUNT_SID"
	authTokenName = "TWILIO_AUTH_TOKEN"
	keyName       = "TWILIO_API_KEY"
	secretName    = "TWILIO_API_SECRET"
)

var errNoCredentials = errors.New("credentials: want " + accountName + " and " + authTokenName + ", or " + keyName + " and " + secretName + ", in the environment or in the file of -credentials")

// readCredentials reads the credentials from a file, or from the environment
// if path is "". The account is its SID or, without one, that of the API key.
// No error quotes a value.
func readCredentials(path string, env func(string) string) (c httpwire.Credentials, account string, err error) {
	if path != "" {
		values, err := readCredentialsFile(path)
		if err != nil {
			return c, "", err
		}
		env = func(name string) string { return values[name] }
	}
	account = env(accountName)
	name, secret := env(keyName), env(secretName)
	if name == "" && secret == "" {
		name, secret = account, env(authTokenName)
	}
	account = cmp.Or(account, name)
	switch {
	case name == "" || secret == "":
		return c, "", errNoCredentials
	case strings.Contains(name, ":"):
		return c, "", errors.New("credentials: want a SID without a colon")
	case strings.ContainsFunc(name+secret+account, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		return c, "", errors.New("credentials: want no space and no control character")
	}
	return httpwire.BasicAuth(name, secret), account, nil
}

// readCredentialsFile reads a JSON object whose members are named as in the
// environment, or two lines: a SID, and its auth token or secret.
func readCredentialsFile(path string) (map[string]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, errors.New("credentials: the file cannot be opened")
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil || !info.Mode().IsRegular():
		return nil, errors.New("credentials: want a regular file")
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows": // which does not have these bits
		return nil, errors.New("credentials: others can read the file; chmod 600 it")
	}
	text, err := io.ReadAll(io.LimitReader(file, 64<<10))
	if err != nil {
		return nil, errors.New("credentials: the file cannot be read")
	}
	values := map[string]string{}
	if json.Unmarshal(text, &values) == nil {
		return values, nil
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if len(lines) != 2 || strings.HasPrefix(lines[0], "{") {
		return nil, errors.New("credentials: want a JSON object, with members such as " + accountName + ", or two lines, a SID and its secret")
	}
	return map[string]string{accountName: strings.TrimSpace(lines[0]), authTokenName: strings.TrimSpace(lines[1])}, nil
}
