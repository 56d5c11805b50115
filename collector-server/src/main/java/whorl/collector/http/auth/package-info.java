/** Tokens, sessions of the page, and the check of who may call a route. */
@NullMarked
package whorl.collector.http.auth;

import org.jspecify.annotations.NullMarked;
