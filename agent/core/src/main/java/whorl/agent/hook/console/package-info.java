/** Standard output and error, written through java.io or java.nio. */
@NullMarked
package whorl.agent.hook.console;

import org.jspecify.annotations.NullMarked;
