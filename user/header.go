package user

// A ResponseHeader holds the five Access-Control headers that the contract
// documents for a 201. A header that was not sent is absent; none is ever
// null. Other headers are not the contract's and are not kept.
type ResponseHeader struct {
	AllowOrigin      Opt[string] // Access-Control-Allow-Origin: the origins that may read the answer
	AllowMethods     Opt[string] // Access-Control-Allow-Methods: the methods that they may use
	AllowHeaders     Opt[string] // Access-Control-Allow-Headers: the headers that they may send
	AllowCredentials Opt[bool]   // Access-Control-Allow-Credentials: whether a browser should send credentials
	ExposeHeaders    Opt[string] // Access-Control-Expose-Headers: the headers that they may read
}
