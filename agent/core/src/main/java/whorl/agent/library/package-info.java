/** What the application is made of: its jars, the modules of the Java image, and other agents. */
@NullMarked
package whorl.agent.library;

import org.jspecify.annotations.NullMarked;
