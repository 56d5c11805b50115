/** Files of operators in YAML, read strictly, and again when they change. */
@NullMarked
package whorl.collector.yaml;

import org.jspecify.annotations.NullMarked;
