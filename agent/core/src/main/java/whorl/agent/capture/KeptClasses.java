package whorl.agent.capture;

import whorl.evidence.Digest;

/** Class files of classes made at run time, whose bytes exist nowhere else. */
@FunctionalInterface
public interface KeptClasses {
  /**
   * One class.
   *
   * @param className such as {@code com.example.Foo}; several may share it
   * @param bytes the class file, not compressed
   */
  @SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
  record KeptClass(String className, Digest sha256, byte[] bytes) {}

  /** What is kept now; each element is only made when the iteration comes to it. */
  Iterable<KeptClass> kept();
}
