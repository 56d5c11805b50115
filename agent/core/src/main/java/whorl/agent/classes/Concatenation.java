package whorl.agent.classes;

import java.util.Iterator;
import whorl.agent.capture.jvm.GeneratedClassFiles.KeptClass;

/** Iterates over two iterators, one after the other. */
record Concatenation(Iterator<KeptClass> first, Iterator<KeptClass> second)
    implements Iterator<KeptClass> {
  @Override
  public boolean hasNext() {
    return first.hasNext() || second.hasNext();
  }

  @Override
  public KeptClass next() {
    return first.hasNext() ? first.next() : second.next();
  }
}
