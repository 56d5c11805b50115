/**
 * Analyses of a timeline: findings, the chain of an attack, indicators that other JVMs share, and
 * STIX export. Stateless except for the stored reports.
 */
@NullMarked
package whorl.collector.analysis;

import org.jspecify.annotations.NullMarked;
