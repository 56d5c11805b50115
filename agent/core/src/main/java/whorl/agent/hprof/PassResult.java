package whorl.agent.hprof;

/**
 * The result of a pass.
 *
 * @param bytesIn read from both streams
 * @param bytesOut written
 * @param twoStreams true if the segments arrived on a stream of their own, as from JDK 22 on
 * @param classes described by a CLASS_DUMP
 * @param symbols that arrived as UTF8 records
 * @param symbolsDropped because they name no class, field or method; 0 for full content
 * @param framesDropped that belonged to the padding of the agent's own threads
 * @param stacksDropped that arrived after the first segment, and for which there was no memory
 * @param instancesBlanked whole, because their class's layout was not known
 * @param heldPeakBytes the most memory that was held, as the limit counts it
 */
public record PassResult(
    long bytesIn,
    long bytesOut,
    boolean twoStreams,
    long classes,
    long instances,
    long objectArrays,
    long primitiveArrays,
    long symbols,
    long symbolsDropped,
    long framesDropped,
    long stacksDropped,
    long instancesBlanked,
    long heldPeakBytes) {}
