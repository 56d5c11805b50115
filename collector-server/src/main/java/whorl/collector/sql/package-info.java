/** SQL of users over timelines, in confined JVMs that can read nothing else. */
@NullMarked
package whorl.collector.sql;

import org.jspecify.annotations.NullMarked;
