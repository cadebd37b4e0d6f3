package dev.attune.config.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Documents as JSON trees, for checks over their structure. The texts were checked to be valid and bounded before. */
final class Trees {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final ObjectMapper TOML = new ObjectMapper(TomlDocument.FACTORY);

    private Trees() {}

    static JsonNode json(String text) {
        return read(JSON, text);
    }

    static JsonNode toml(String text) {
        return read(TOML, text);
    }

    private static JsonNode read(ObjectMapper mapper, String text) {
        try {
            return mapper.readTree(text);
        } catch (JsonProcessingException e) {
            throw TomlDocument.invalid(e);
        }
    }

    static JsonNode xml(XmlDocument.Element element) {
        if (element.children.isEmpty() && element.attributes.isEmpty())
            return NODES.textNode(element.text.toString().strip());
        ObjectNode object = NODES.objectNode();
        element.attributes.forEach((name, value) -> object.put("@" + name, value));
        Map<String, List<XmlDocument.Element>> byName = element.children.stream()
                .collect(Collectors.groupingBy(each -> each.name, LinkedHashMap::new, Collectors.toList()));
        byName.forEach((name, all) -> {
            if (all.size() == 1) {
                object.set(name, xml(all.get(0)));
                return;
            }
            ArrayNode list = object.putArray(name);
            all.forEach(each -> list.add(xml(each)));
        });
        return object;
    }

    /** Keys with dots as nested objects; a key that is both a value and above others stays beside them, unsplit. */
    static JsonNode nested(Map<String, String> keys) {
        ObjectNode root = NODES.objectNode();
        keys.forEach((key, value) -> {
            ObjectNode at = root;
            String rest = key;
            for (int dot = rest.indexOf('.'); dot > 0; dot = rest.indexOf('.')) {
                JsonNode below = at.get(rest.substring(0, dot));
                if (below != null && !below.isObject()) break;
                at = below instanceof ObjectNode object ? object : at.putObject(rest.substring(0, dot));
                rest = rest.substring(dot + 1);
            }
            if (!at.has(rest)) at.put(rest, value);
        });
        return root;
    }
}
