/** The custody log: its entries, where their lines are kept, and what they say of evidence. */
@NullMarked
package whorl.collector.custody.log;

import org.jspecify.annotations.NullMarked;
