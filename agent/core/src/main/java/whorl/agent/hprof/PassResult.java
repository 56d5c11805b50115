package whorl.agent.hprof;

/**
 * What passed.
 *
 * @param bytesIn read from both streams
 * @param bytesOut written
 * @param twoStreams whether the segments came by a stream of their own, as from JDK 22 on
 * @param classes described by a CLASS_DUMP
 * @param symbols that came as UTF8 records
 * @param symbolsDropped because they name no class, field or method; 0 when the content is full
 * @param framesDropped that belonged to the padding of the agent's own threads
 * @param stacksDropped that came after the first segment, and for which there was no room in memory
 * @param instancesBlanked whole, because their class did not tell their layout
 * @param heldPeakBytes of memory that were held at most, as the limit counts them
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
