/** What JVMs are made of: takes the agents' inventories of libraries, and answers who has what. */
@NullMarked
package whorl.collector.libraries;

import org.jspecify.annotations.NullMarked;
