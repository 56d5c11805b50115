/** What a recording says about the work of its JVM, read in confined JVMs when first asked for. */
@NullMarked
package whorl.collector.performance;

import org.jspecify.annotations.NullMarked;
