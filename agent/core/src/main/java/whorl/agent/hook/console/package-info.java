/** Standard output and error, whoever writes to them through java.io or java.nio. */
@NullMarked
package whorl.agent.hook.console;

import org.jspecify.annotations.NullMarked;
