package whorl.collector.timeline.read.rows;

import java.nio.file.Path;
import java.util.Map;

/**
 * Shared by all readers of one piece of evidence.
 *
 * @param workFolder for temporary files
 * @param sha256OfPath digests of stored file contents, by path
 */
public record ReadContext(
    Path workFolder,
    StackFile stacks,
    Requests requests,
    Duplicates ringDuplicates,
    Duplicates consoleDuplicates,
    Map<String, String> sha256OfPath) {}
