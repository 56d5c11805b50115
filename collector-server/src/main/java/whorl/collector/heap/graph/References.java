package whorl.collector.heap.graph;

import java.util.function.IntConsumer;

/**
 * What objects refer to. Objects are numbered from 0. Weak and phantom references are left out by
 * whoever makes it. Methods may be called many times and return the same.
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
