package whorl.collector.heap.graph;

import java.util.function.IntConsumer;

/**
 * What objects refer to. Objects are numbered from 0. An implementation leaves out weak and phantom
 * references. Its methods return the same at each call.
 */
public interface References {
  /** The number of objects. */
  int objects();

  /** How many references the object has; one object may be referred to more than once. */
  int count(int object);

  /** The object that this reference leads to. */
  int target(int object, int reference);

  /** The objects that a garbage collection starts with, in an order that is the same each time. */
  void forEachRoot(IntConsumer root);
}
