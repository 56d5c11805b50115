/**
 * What the rows of a timeline mean: findings, the chain of an attack, what of it other JVMs saw,
 * and all of it as STIX. Stateless but for the reports it keeps.
 */
@NullMarked
package whorl.collector.analysis;

import org.jspecify.annotations.NullMarked;
