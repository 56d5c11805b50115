/** Which events, under which names, the rules of a Sigma logsource mean. */
@NullMarked
package whorl.rules.logsource;

import org.jspecify.annotations.NullMarked;
