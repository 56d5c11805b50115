package whorl.rules.parse;

import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.constructor.StandardConstructor;
import org.snakeyaml.engine.v2.exceptions.ConstructorException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Makes values of YAML, but refuses maps with a list or a map as a key, which no rule has. Twenty
 * aliases make such a key a million times as large as its text: its hash takes hours, and as a text
 * it takes gigabytes.
 */
final class PlainKeys extends StandardConstructor {
  private PlainKeys(LoadSettings settings) {
    super(settings);
  }

  /** The documents of a text; each is read when the iterator reaches it. */
  static Iterable<Object> documents(String yaml, LoadSettings settings) {
    return new Load(settings, new PlainKeys(settings)).loadAllFromString(yaml);
  }

  @Override
  protected void flattenMapping(MappingNode node) {
    for (NodeTuple tuple : node.getValue()) {
      Node key = tuple.getKeyNode();
      if (!(key instanceof ScalarNode)) {
        throw new ConstructorException(
            "in a map", Optional.empty(), "a key is a list or a map", key.getStartMark());
      }
    }
    super.flattenMapping(node);
  }
}
