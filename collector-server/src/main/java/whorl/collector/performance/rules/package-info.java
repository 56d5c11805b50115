/** What Mission Control's automated analysis says about a recording. */
@NullMarked
package whorl.collector.performance.rules;

import org.jspecify.annotations.NullMarked;
