import type { TagNetwork } from '#libs/contracts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Characters XML 1.0 cannot hold in any way, not even escaped (section 2.2). */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** A network of tags as GEXF 1.3 (https://gexf.net/schema.html): undirected, posts as attribute and weight. */
export function gexfOf({ tag, nodes, edges }: TagNetwork): string {
  const ids = new Map(nodes.map((node, index) => [node.tag, index]));
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<gexf xmlns="http://gexf.net/1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ' +
      'xsi:schemaLocation="http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd" version="1.3">',
    '  <meta>',
    '    <creator>Mirante</creator>',
    `    <description>${xml(`Tags used together with #${tag}: nodes are tags, weights are posts`)}</description>`,
    '  </meta>',
    '  <graph defaultedgetype="undirected" mode="static" idtype="integer">',
    '    <attributes class="node" mode="static">',
    '      <attribute id="0" title="posts" type="integer"/>',
    '    </attributes>',
    `    <nodes count="${nodes.length}">`,
    ...nodes.map(
      (node, index) =>
        `      <node id="${index}" label="${xml(`#${node.tag}`)}"><attvalues><attvalue for="0" value="${node.posts}"/></attvalues></node>`,
    ),
    '    </nodes>',
    `    <edges count="${edges.length}">`,
    ...edges.map(
      ({ a, b, posts }, index) =>
        `      <edge id="${index}" source="${ids.get(a)}" target="${ids.get(b)}" weight="${posts}"/>`,
    ),
    '    </edges>',
    '  </graph>',
    '</gexf>',
  ];
  return `${lines.join('\n')}\n`;
}

function xml(text: string): string {
  return text.replace(NO_XML, '\ufffd').replace(/[&<>"']/g, (char) => ENTITIES[char]!);
}
