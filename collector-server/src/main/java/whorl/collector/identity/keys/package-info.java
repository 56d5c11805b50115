/** Keys of issuers, and the check of the signatures that tokens have. */
@NullMarked
package whorl.collector.identity.keys;

import org.jspecify.annotations.NullMarked;
