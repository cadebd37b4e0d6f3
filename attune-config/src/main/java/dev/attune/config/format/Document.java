package dev.attune.config.format;

import com.fasterxml.jackson.databind.JsonNode;
import dev.attune.model.Bytes;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** A file's text, read once for all who check something of it. Used by one thread at a time. */
public final class Document {
    private final String file;
    private final Bytes bytes;
    private final String text;
    private final @Nullable Map<String, String> keys;
    private final Supplier<JsonNode> structure;
    private @Nullable JsonNode tree;

    private Document(String file, Bytes bytes) {
        this.file = file;
        this.bytes = bytes;
        this.text = Documents.decode(bytes);
        switch (Format.of(file)) {
            case PROPERTIES -> {
                Map<String, String> pairs = PropertiesDocument.keys(text);
                keys = pairs;
                structure = () -> Trees.nested(pairs);
            }
            case YAML -> {
                Node root = YamlDocument.read(text);
                keys = YamlDocument.keys(root);
                structure = () -> YamlDocument.tree(root);
            }
            case JSON -> {
                keys = JsonDocument.keys(text);
                structure = () -> Trees.json(text);
            }
            case TOML -> {
                keys = TomlDocument.keys(text);
                structure = () -> Trees.toml(text);
            }
            case XML -> {
                XmlDocument.Element root = XmlDocument.parse(text);
                keys = XmlDocument.keys(root);
                structure = () -> Trees.xml(root);
            }
            default -> {
                keys = null;
                structure = () -> {
                    throw new IllegalArgumentException("file: " + file + " has no structure");
                };
            }
        }
    }

    /**
     * Reads a file, whose name gives the format.
     *
     * @throws InvalidDocumentException with the place, as {@link Documents#keys} does
     */
    public static Document read(String file, Bytes bytes) {
        return new Document(file, bytes);
    }

    /** Its name. */
    public String file() {
        return file;
    }

    /** As it was written. */
    public Bytes bytes() {
        return bytes;
    }

    /** The same as text. */
    public String text() {
        return text;
    }

    /** The keys, flattened and in order; null when the format has none. */
    public @Nullable Map<String, String> keys() {
        return keys;
    }

    /** The same as a JSON tree; only for formats that have keys. */
    public JsonNode tree() {
        JsonNode made = tree;
        if (made == null) tree = made = structure.get();
        return made;
    }
}
