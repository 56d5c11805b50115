/** Who a person is: logins and tokens of an OpenID Connect provider, and what groups may do. */
@NullMarked
package whorl.collector.people;

import org.jspecify.annotations.NullMarked;
