package dev.attune.config.format;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.Location;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML 1.0 without document type declarations, so nothing is expanded and nothing is fetched. Keys are the element
 * names below the root, joined by dots; an attribute is {@code element@name}; siblings of one name are a list.
 */
final class XmlDocument {
    private static final int ELEMENTS_MAX = 20_000;

    private XmlDocument() {}

    /** One element as parsed. */
    static final class Element {
        final String name;
        final Place place;
        final Map<String, String> attributes = new LinkedHashMap<>();
        final List<Element> children = new ArrayList<>();
        final StringBuilder text = new StringBuilder();

        Element(String name, Place place) {
            this.name = name;
            this.place = place;
        }
    }

    static Map<String, String> keys(Element root) {
        FlatKeys keys = new FlatKeys();
        flatten(root, "", keys);
        return keys.toMap();
    }

    /** The root element. */
    static Element parse(String text) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, true);
        try {
            return read(factory.createXMLStreamReader(new StringReader(text)));
        } catch (XMLStreamException e) {
            Place place = e.getLocation() == null ? new Place(0, 0) : place(e.getLocation());
            throw place.invalid(problem(e));
        }
    }

    private static Element read(XMLStreamReader reader) throws XMLStreamException {
        List<Element> open = new ArrayList<>();
        int elements = 0;
        Element root = null;
        while (reader.hasNext()) {
            int event = reader.next();
            if (event == XMLStreamConstants.DTD)
                throw place(reader.getLocation()).invalid("a document type declaration (expected: none)");
            if (event == XMLStreamConstants.ENTITY_REFERENCE)
                throw place(reader.getLocation()).invalid("an entity that is not one of XML's five");
            if (event == XMLStreamConstants.START_ELEMENT) {
                Place place = place(reader.getLocation());
                if (++elements > ELEMENTS_MAX) throw place.invalid("elements: more than " + ELEMENTS_MAX);
                if (open.size() >= Documents.DEPTH_MAX)
                    throw place.invalid("nesting: deeper than " + Documents.DEPTH_MAX);
                Element element = new Element(reader.getLocalName(), place);
                for (int i = 0; i < reader.getAttributeCount(); i++)
                    element.attributes.put(reader.getAttributeLocalName(i), reader.getAttributeValue(i));
                if (root == null) root = element;
                else open.get(open.size() - 1).children.add(element);
                open.add(element);
            } else if (event == XMLStreamConstants.END_ELEMENT) {
                open.remove(open.size() - 1);
            } else if ((event == XMLStreamConstants.CHARACTERS || event == XMLStreamConstants.CDATA)
                    && !open.isEmpty()) {
                open.get(open.size() - 1).text.append(reader.getText());
            }
        }
        if (root == null) throw new Place(1, 1).invalid("empty (expected: an element)");
        return root;
    }

    // Recursion is bounded by the depth that reading allows.
    private static void flatten(Element element, String path, FlatKeys keys) {
        element.attributes.forEach((name, value) -> keys.add(path + "@" + name, value, element.place));
        if (element.children.isEmpty()) {
            if (!path.isEmpty()) keys.add(path, element.text.toString().strip(), element.place);
            return;
        }
        Map<String, Integer> counts = new HashMap<>();
        for (Element child : element.children) counts.merge(child.name, 1, Integer::sum);
        Map<String, Integer> next = new HashMap<>();
        for (Element child : element.children) {
            String name = FlatKeys.child(path, child.name, child.place);
            if (counts.getOrDefault(child.name, 0) > 1)
                name = FlatKeys.element(name, next.merge(child.name, 1, Integer::sum) - 1);
            flatten(child, name, keys);
        }
    }

    private static Place place(Location at) {
        return new Place(Math.max(0, at.getLineNumber()), Math.max(0, at.getColumnNumber()));
    }

    private static String problem(XMLStreamException e) {
        String text = String.valueOf(e.getMessage());
        int mark = text.indexOf("Message: ");
        return JsonDocument.firstLine(mark < 0 ? text : text.substring(mark + "Message: ".length()));
    }
}
