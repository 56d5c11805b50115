/** Objects as files of a folder, which one collector has or several mount. */
@NullMarked
package whorl.collector.store.objects.folder;

import org.jspecify.annotations.NullMarked;
