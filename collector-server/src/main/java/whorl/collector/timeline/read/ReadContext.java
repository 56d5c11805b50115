package whorl.collector.timeline.read;

import java.nio.file.Path;
import java.util.Map;

/**
 * What all readers of one piece of evidence share.
 *
 * @param workFolder for files of their own, removed afterwards
 * @param sha256OfPath digests of file contents that were kept, by path
 */
record ReadContext(
    Path workFolder,
    StackFile stacks,
    Requests requests,
    Duplicates ofRing,
    Duplicates ofConsole,
    Map<String, String> sha256OfPath) {}
