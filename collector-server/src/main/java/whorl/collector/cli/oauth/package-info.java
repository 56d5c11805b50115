/** Logins at an OpenID provider by device code (RFC 8628), and their renewal. */
@NullMarked
package whorl.collector.cli.oauth;

import org.jspecify.annotations.NullMarked;
