package dev.quorate.node.flags;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * etcd's configuration file: YAML (or JSON) with the flags' names as keys, and four sections whose
 * keys are named otherwise. Lists may be written as lists; durations as numbers of nanoseconds, as
 * etcd wants them, or as on the command line.
 */
final class ConfigFile {
  /** Of each section: its keys, and the flags that they are. */
  private static final Map<String, Map<String, String>> SECTIONS =
      Map.of(
          "client-transport-security",
          security("", "client-cert-", "client-crl-file", "client-crl-file"),
          "peer-transport-security",
          security(
              "peer-",
              "peer-cert-",
              "skip-client-san-verification",
              "peer-skip-client-san-verification"),
          "socket-options",
          Map.of("reuse-port", "socket-reuse-port", "reuse-address", "socket-reuse-address"),
          "discovery-config",
          Map.of(
              "discovery-endpoints", "discovery-endpoints", "discovery-token", "discovery-token"));

  private final Path file;
  private final FlagValues values = new FlagValues();
  private final Set<String> seen = new HashSet<>();

  private ConfigFile(Path file) {
    this.file = file;
  }

  /**
   * The keys of a section about certificates.
   *
   * @param files what the flags about files have before the key
   * @param names what the flags about names in certificates have before the key
   * @param ownKey the key that only this section has
   */
  private static Map<String, String> security(
      String files, String names, String ownKey, String ownFlag) {
    var flags = new HashMap<String, String>();
    for (String key :
        List.of(
            "cert-file",
            "key-file",
            "client-cert-file",
            "client-key-file",
            "client-cert-auth",
            "trusted-ca-file",
            "auto-tls")) {
      flags.put(key, files + key);
    }
    for (String key : List.of("allowed-cn", "allowed-hostname")) {
      flags.put(key, names + key);
    }
    flags.put(ownKey, ownFlag);
    return Map.copyOf(flags);
  }

  /**
   * Reads the file.
   *
   * @throws ConfigException if it cannot be read, is no YAML, or has a key that is not known
   */
  static FlagValues read(Path file) throws ConfigException {
    var reader = new ConfigFile(file);
    reader.takeAll(reader.root());
    return reader.values;
  }

  private @Nullable Node root() throws ConfigException {
    try {
      var settings = LoadSettings.builder().setLabel(file.toString()).build();
      return new Compose(settings).composeString(Files.readString(file)).orElse(null);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw new ConfigException("%s: %s".formatted(place(line), e.getProblem()));
    } catch (YamlEngineException e) {
      throw unusable(
          "is not YAML: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    } catch (NoSuchFileException _) {
      throw unusable("does not exist");
    } catch (CharacterCodingException _) {
      throw unusable("is not UTF-8");
    } catch (IOException e) {
      throw unusable("cannot be read (%s)".formatted(e.getMessage()));
    }
  }

  private ConfigException unusable(String why) {
    return new ConfigException("--config-file: %s %s".formatted(file, why));
  }

  private void takeAll(@Nullable Node root) throws ConfigException {
    for (var entry : entries(root, "")) {
      String key = key(entry.getKeyNode(), "");
      var section = SECTIONS.get(key);
      if (section == null) {
        Flag flag = isOnlyArgument(key) ? null : FlagTable.find(key);
        take(flag, key, entry.getKeyNode(), entry.getValueNode());
      } else {
        takeSection(key, section, entry.getValueNode());
      }
    }
  }

  /** What stands in the file, or in a section of this name; nothing if that is empty. */
  private List<NodeTuple> entries(@Nullable Node node, String section) throws ConfigException {
    if (node == null || isNull(node)) {
      return List.of();
    }
    if (!(node instanceof MappingNode mapping)) {
      throw new ConfigException(
          "%s: %sis not of the form KEY: VALUE"
              .formatted(placeOf(node), section.isEmpty() ? "" : section + " "));
    }
    return mapping.getValue();
  }

  /** A file does not name another one. */
  private static boolean isOnlyArgument(String key) {
    return key.equals("config-file");
  }

  private void takeSection(String name, Map<String, String> section, Node node)
      throws ConfigException {
    for (var entry : entries(node, name)) {
      String key = key(entry.getKeyNode(), name + ".");
      String flag = section.get(key);
      take(
          flag == null ? null : FlagTable.get(flag),
          name + "." + key,
          entry.getKeyNode(),
          entry.getValueNode());
    }
  }

  private String key(Node node, String path) throws ConfigException {
    String key = node instanceof ScalarNode scalar ? scalar.getValue() : "?";
    if (!seen.add(path + key)) {
      throw new ConfigException("%s: %s stands there twice".formatted(placeOf(node), path + key));
    }
    return key;
  }

  private void take(@Nullable Flag flag, String key, Node keyNode, Node valueNode)
      throws ConfigException {
    if (flag == null) {
      String nearest = FlagTable.nearest(key);
      throw new ConfigException(
          "%s: there is no key %s%s"
              .formatted(
                  placeOf(keyNode), key, nearest == null ? "" : ": did you mean " + nearest + "?"));
    }
    String text = text(flag, key, valueNode);
    // As in etcd, a key without a value leaves the default.
    if (!text.isEmpty()) {
      values.put(flag, text, placeOf(keyNode) + ": " + key);
    }
  }

  private String text(Flag flag, String key, Node node) throws ConfigException {
    if (isNull(node)) {
      return "";
    }
    if (node instanceof ScalarNode scalar) {
      boolean number = scalar.getTag().equals(Tag.INT) && flag.kind() == FlagKind.DURATION;
      return number ? scalar.getValue() + "ns" : scalar.getValue();
    }
    boolean list = flag.kind() == FlagKind.LIST || flag.kind() == FlagKind.URLS;
    if (list && node instanceof SequenceNode sequence) {
      return String.join(",", texts(sequence, key));
    }
    throw new ConfigException("%s: %s takes one value".formatted(placeOf(node), key));
  }

  private List<String> texts(SequenceNode sequence, String key) throws ConfigException {
    var texts = new ArrayList<String>();
    for (Node item : sequence.getValue()) {
      if (!(item instanceof ScalarNode scalar)) {
        throw new ConfigException("%s: %s is a list of texts".formatted(placeOf(item), key));
      }
      texts.add(scalar.getValue());
    }
    return texts;
  }

  private static boolean isNull(Node node) {
    return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
  }

  private String placeOf(Node node) {
    return place(node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
  }

  private String place(int line) {
    return "%s, line %d".formatted(file, line);
  }
}
