/** Cases, notes and tags, and the holds that keep evidence from being purged. */
@NullMarked
package whorl.collector.cases;

import org.jspecify.annotations.NullMarked;
