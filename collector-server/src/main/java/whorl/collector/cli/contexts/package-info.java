/** Collectors that this user has logged in to, with their credentials, in a file of the user. */
@NullMarked
package whorl.collector.cli.contexts;

import org.jspecify.annotations.NullMarked;
