"""What HTML means reaches subscribers, also where readers do not know the element that says it."""

# ruff: noqa: E501 - what is written stands on one line

from __future__ import annotations

import pytest
from test_safe_html import from_html, item

from feedd.html import content, media


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<p>It is <strike>not</strike> so.</p>", "<p>It is <s>not</s> so.</p>"),
        ("<tt>x</tt> <big>big</big> <font color=red>red</font>", "<code>x</code> big red"),
        ('<acronym title="As soon as possible">ASAP</acronym>', '<abbr title="As soon as possible">ASAP</abbr>'),
        ("<center>mid</center>end", "<div>mid</div>end"),
        ("<dir><li>a</dir><menu><li>b</menu>", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
        ("<listing>a\n <b>b</b></listing>", "<pre>a\n <b>b</b></pre>"),
        ("<xmp>a <b>b</b></xmp>c", "<pre>a &lt;b&gt;b&lt;/b&gt;</pre>c"),
        ("x<plaintext>a </plaintext><b>", "x<pre>a &lt;/plaintext&gt;&lt;b&gt;</pre>"),
        ("<fieldset><legend>Who</legend>Me</fieldset>", "<div><div>Who</div>Me</div>"),
        ("<marquee>m</marquee><blink>b</blink><nobr>n</nobr>", "<div>m</div>bn"),
        ("<image src=/a.jpg>", '<img src="https://news.example/a.jpg" alt="">'),
    ],
)
def test_what_an_obsolete_element_means_stays(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "<q>said</q> H<sub>2</sub>O, x<sup>2</sup>, <mark>m</mark>, <u>u</u>",
            "<q>said</q> H<sub>2</sub>O, x<sup>2</sup>, <mark>m</mark>, <u>u</u>",
        ),
        (
            "<ins>in</ins> <del>out</del> <s>not</s> <kbd>Esc</kbd> <samp>o</samp> <var>v</var>",
            "<ins>in</ins> <del>out</del> <s>not</s> <kbd>Esc</kbd> <samp>o</samp> <var>v</var>",
        ),
        (
            '<bdo dir="rtl">abc</bdo> <bdi>x</bdi> super<wbr>cali<hr>',
            '<bdo dir="rtl">abc</bdo> <bdi>x</bdi> super<wbr>cali<hr>',
        ),
        ("<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>"),
        (
            "<details open><summary>More</summary>text</details>",
            '<details open=""><summary>More</summary>text</details>',
        ),
        ("<details><summary>More</summary>text</details>", "<details><summary>More</summary>text</details>"),
        ("<dl><dt>t<dd>d</dl>", "<dl><dt>t</dt><dd>d</dd></dl>"),
        (
            '<abbr title="World Wide Web">WWW</abbr> <cite>c</cite> <dfn>d</dfn>',
            '<abbr title="World Wide Web">WWW</abbr> <cite>c</cite> <dfn>d</dfn>',
        ),
        ("<hgroup><h2>A</h2><p>B</hgroup><search>c</search>", "<div><h2>A</h2><p>B</p></div><div>c</div>"),
        # struck out by a style
        ('<span style="text-decoration: line-through">not</span> free', "<s>not</s> free"),
        ('<font style="TEXT-DECORATION:underline line-through red">a</font> b', "<s>a</s> b"),
        ('<p style="color: red; text-decoration-line: line-through">a', "<p><s>a</s></p>"),
        ('<li style="text-decoration:line-through">a</li>', "<li><s>a</s></li>"),
        ('<a href="/x" style="text-decoration:line-through">a</a>', '<a href="https://news.example/x"><s>a</s></a>'),
        ('<del style="text-decoration:line-through">a</del> b', "<del>a</del> b"),
        ('<span style="text-decoration:none;color:line-through">a</span>', "a"),
        ('<b style="text-decoration:line-through"></b>x', "x"),
        ("<p lang=de dir=ltr>Text", '<p dir="ltr" lang="de">Text</p>'),
    ],
)
def test_elements_that_mean_something_stay(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<ol><li>a<li><li>c</ol>", "<ol><li>a</li><li></li><li>c</li></ol>"),
        (
            "<ol type=A start=3 reversed><li value=7>x</ol>",
            '<ol reversed="" start="3" type="A"><li value="7">x</li></ol>',
        ),
        ('<ol type="i"><li>x<li> <li>y</ol>', '<ol type="i"><li>x</li><li> </li><li>y</li></ol>'),
        ("<ol><li><img src=t.gif width=1 height=1></li><li>b</ol>", "<ol><li></li><li>b</li></ol>"),
        ("<ol><li><ol><li></li><li>b</ol><li>c</ol>", "<ol><li><ol><li></li><li>b</li></ol></li><li>c</li></ol>"),
        ("<ol><li>&nbsp;</li></ol><p>x", "<p>x</p>"),
        ('<ol style="list-style-type: lower-alpha"><li>x</ol>', '<ol type="a"><li>x</li></ol>'),
        ('<ol style="list-style:inside upper-roman"><li>x</ol>', '<ol type="I"><li>x</li></ol>'),
        ('<ol type=1 style="list-style-type:lower-latin"><li>x</ol>', '<ol type="1"><li>x</li></ol>'),
        ('<ol style="list-style-type: disc"><li>x</ol>', "<ol><li>x</li></ol>"),
        ("<ol><li type=a value=2>x</ol>", '<ol><li type="a" value="2">x</li></ol>'),
        ('<ol><li style="list-style-type: upper-alpha">x</ol>', '<ol><li type="A">x</li></ol>'),
        ("<ul><li>a<li><li>c</ul>", "<ul><li>a</li><li>c</li></ul>"),
        ("<ul><li><ol><li></li><li>x</li></ol></li><li></li></ul>", "<ul><li><ol><li></li><li>x</li></ol></li></ul>"),
        ("<dl><dt>a<dd><dt>b<dd>c</dl>", "<dl><dt>a</dt><dd></dd><dt>b</dt><dd>c</dd></dl>"),
        ("<ol><li value=-2>a<li value=x>b</ol>", '<ol><li value="-2">a</li><li value="x">b</li></ol>'),
    ],
)
def test_ordered_lists_keep_their_numbers(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('a <math alttext="e^(kt)"><mi>e</mi></math>, b', "a e^(kt), b"),
        (
            '<math><semantics><mrow><mi>x</mi></mrow><annotation encoding="application/x-tex">x^{2} &lt; y</annotation></semantics></math>',
            "x^{2} &lt; y",
        ),
        (
            '<math><semantics><mi>x</mi><annotation encoding="SnuggleTeX">no</annotation><annotation-xml encoding="MathML-Content"><ci>no</ci></annotation-xml></semantics></math>',
            "x",
        ),
        (
            "<math><msup><mi>e</mi><mrow><mi>k</mi><mi>t</mi></mrow></msup><mo>+</mo><mfrac><mn>1</mn><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow></mfrac></math>",
            "e<sup>kt</sup>+1/(a+b)",
        ),
        (
            "<math><msqrt><mi>x</mi></msqrt><mo>&lt;</mo><msubsup><mi>a</mi><mi>i</mi><mn>2</mn></msubsup></math>",
            "√(x)&lt;a<sub>i</sub><sup>2</sup>",
        ),
        ("<math><mroot><mi>x</mi><mn>3</mn></mroot><mphantom><mi>no</mi></mphantom></math>", "<sup>3</sup>√(x)"),
        (
            "<math><munderover><mo>∑</mo><mn>0</mn><mi>n</mi></munderover><mtext>a b</mtext></math>",
            "∑<sub>0</sub><sup>n</sup>a b",
        ),
        ("<math></math>x", "x"),
        ('<math alttext="<b>bold</b>"></math>', "&lt;b&gt;bold&lt;/b&gt;"),
        (
            "<math><mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd><mtd>4</mtd></mtr></mtable></math>",
            "1 2; 3 4",
        ),
        ('<script type="math/tex">a</script> <script type="math/tex">b</script>', "a b"),
        ('<script type="math/asciimath">x^2 < 3</script>', "x^2 &lt; 3"),
        ('<script type="math/mml"><math><mfrac><mn>1</mn><mi>y</mi></mfrac></math></script>', "1/y"),
        *(
            (f'a<div hidden>b<script type="math/mml">{markup}</script>c</div>', "a")
            for markup in ("<math><mi>x</mi></div></math>", "<math><!--</math>", "</div><math></math>", "<p>x</p>")
        ),
        ('<script type="math/tex; mode=display">\\frac{a}{b} < 1</script>', "\\frac{a}{b} &lt; 1"),
    ],
)
def test_a_formula_is_its_alternative_else_its_text(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '<span class=katex><span><math><semantics><mi>E</mi><annotation encoding="application/x-tex">E=mc^2</annotation></semantics></math></span><span aria-hidden="true"><span>E</span>=mc2</span></span>.',
            "E=mc^2.",
        ),
        (
            '<span class=MathJax><nobr aria-hidden=true>E=mc2</nobr><span><math alttext="E=mc^2"><mi>E</mi></math></span></span><script type="math/tex">E=mc^2</script>.',
            "E=mc^2.",
        ),
        (
            '<span style="display: none"><math alttext="E"></math></span><img src=/e.svg alt="E=mc^2" aria-hidden=true>',
            '<img src="https://news.example/e.svg" alt="E=mc^2">',
        ),
        ("<math alttext=a></math> and <span aria-hidden=true>b</span>", "a and b"),
        ("<math alttext=a></math><math alttext=b></math>", "ab"),
    ],
)
def test_a_formula_that_a_program_wrote_twice_is_shown_once(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('The <svg role="img"><title>red circle</title><circle r="4"/></svg> here', "The red circle here"),
        ('<svg><desc>A curve</desc><path d="M0 0"/></svg>', "A curve"),
        ('<svg aria-label="Sales by year"><title>t</title></svg>', "Sales by year"),
        ("<svg><title> </title><desc>D</desc></svg>", "D"),
        ("<svg><g><title>tip</title><text>North</text><text><tspan>South</tspan></text></g></svg>", "North South"),
        ("<svg><g><title>tip</title><path/></g></svg>", "tip"),
        ("<svg><foreignObject><div>Boxed <b>text</b></div></foreignObject></svg>", "Boxed text"),
        ("<a href=/x><svg><title>Home</title></svg></a>", '<a href="https://news.example/x">Home</a>'),
        (
            "<a href=/x><svg aria-hidden=true><title>icon</title></svg>Home</a>",
            '<a href="https://news.example/x">Home</a>',
        ),
        ("<svg role=presentation><text>no</text></svg>x", "x"),
        ("<svg><style>a{}</style><script>x</script><path/></svg>x", "x"),
        ("<svg><title>&lt;b&gt;</title></svg>", "&lt;b&gt;"),
        ("<svg><p>out</p></svg>", "<p>out</p>"),
    ],
)
def test_a_drawing_is_its_name_else_its_words(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<video src=/a%20b.mp4></video>", '<p><a href="https://news.example/a%20b.mp4">Video: a b.mp4</a></p>'),
        (
            "<video poster=/p.jpg><source src=/a.webm><source src=/a.mp4><track src=t></video>",
            '<p><a href="https://news.example/a.webm"><img src="https://news.example/p.jpg" alt="Video: a.webm"></a></p>',
        ),
        (
            '<p>x <video src=/a.mp4 title="The launch"></video> y</p>',
            '<p>x <a href="https://news.example/a.mp4">Video: The launch</a> y</p>',
        ),
        ('<video src="blob:x" poster=/p.jpg></video>', '<p><img src="https://news.example/p.jpg" alt=""></p>'),
        (
            "<video data-src=/late.mp4 aria-label=Late></video>",
            '<p><a href="https://news.example/late.mp4">Video: Late</a></p>',
        ),
        ('<video><source src="javascript:x"></video>x', "x"),
        ("<audio src=/a.mp3></audio>", '<p><a href="https://news.example/a.mp3">Audio: a.mp3</a></p>'),
        (
            "<audio controls><source src=data:x><source src=//cdn.example/a.ogg?t=1#x></audio>",
            '<p><a href="https://cdn.example/a.ogg?t=1#x">Audio: a.ogg</a></p>',
        ),
        (
            "<figure><video src=clip.webm></video><figcaption>A clip</figcaption></figure>",
            '<figure><a href="https://news.example/2020/clip.webm">Video: clip.webm</a><figcaption>A clip</figcaption></figure>',
        ),
        (
            "<a href=/x><video src=/a.mp4 poster=/p.jpg></video></a>",
            '<a href="https://news.example/x"><img src="https://news.example/p.jpg" alt="Video: a.mp4"></a>',
        ),
        ("<video src=/a.mp4 hidden></video>x", "x"),
        ('<video src="/" title=""></video>', '<p><a href="https://news.example/">Video: news.example</a></p>'),
    ],
)
def test_a_player_is_a_link_to_its_file(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "<video src=/a.mp4><p>No browser?</p><ul><li>0:10 The plan</li></ul></video>",
            '<p><a href="https://news.example/a.mp4">Video: a.mp4</a></p><p>No browser?</p><ul><li>0:10 The plan</li></ul>',
        ),
        (
            "<video src=/a.mp4><p>No browser?</p><p>Transcript: all of it</p></video>",
            '<p><a href="https://news.example/a.mp4">Video: a.mp4</a></p><p>No browser?</p><p>Transcript: all of it</p>',
        ),
        (
            "<video poster=/p.jpg src=/a.mp4>Your browser does not support the video tag.</video>",
            '<p><a href="https://news.example/a.mp4"><img src="https://news.example/p.jpg" alt="Video: a.mp4"></a></p>',
        ),
        *(
            (f"<audio src=/a.mp3>{says}</audio>", '<p><a href="https://news.example/a.mp3">Audio: a.mp3</a></p>')
            for says in (
                "お使いのブラウザは音声に対応していません。",
                "Ваш браузер не поддерживает аудио.",
                "Din webbläsare stöder inte ljud.",
                "متصفحك لا يدعم الصوت",
            )
        ),
        (
            "<audio src=/a.mp3>Listen: <a href=/a.mp3>MP3</a></audio>",
            'Listen: <a href="https://news.example/a.mp3">MP3</a>',
        ),
        (
            "<audio src=/a.mp3>Read the <a href=/t>transcript</a>.</audio>",
            '<p><a href="https://news.example/a.mp3">Audio: a.mp3</a></p>Read the <a href="https://news.example/t">transcript</a>.',
        ),
        (
            "<video src=/a.mp4>A talk about boats.</video>",
            '<p><a href="https://news.example/a.mp4">Video: a.mp4</a></p>A talk about boats.',
        ),
        ('<video><source src="javascript:x">Transcript: hello</video>', "Transcript: hello"),
        (
            "<video src=/a.mp4 poster=/p.jpg><a href=/a.mp4>Download</a></video>",
            '<p><a href="https://news.example/a.mp4"><img src="https://news.example/p.jpg" alt="Video: a.mp4"></a></p><a href="https://news.example/a.mp4">Download</a>',
        ),
        (
            "<video src=/a.mp4><img src=/still.jpg alt=still></video>",
            '<p><a href="https://news.example/a.mp4">Video: a.mp4</a></p><img src="https://news.example/still.jpg" alt="still">',
        ),
        (
            "<object data=/a.pdf><p>See <a href=/a.pdf>the paper</a></object>",
            '<p>See <a href="https://news.example/a.pdf">the paper</a></p>',
        ),
        ("<canvas>A chart of x</canvas>", "A chart of x"),
        ("<object data=/a.swf><object data=/b.swf>Inner</object></object>", "Inner"),
        (
            "<audio src=/a.mp3>Votre navigateur ne lit pas ce son.</audio>",
            '<p><a href="https://news.example/a.mp3">Audio: a.mp3</a></p>',
        ),
    ],
)
def test_what_an_author_wrote_for_those_without_a_player_stays(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            "<object data=/a.pdf type=application/pdf></object>",
            '<p><a href="https://news.example/a.pdf">Embedded content: news.example</a></p>',
        ),
        ("<object data=/a.svg type=image/svg+xml></object>", '<p><img src="https://news.example/a.svg" alt=""></p>'),
        (
            '<object data="https://youtu.be/x0-zGdlpTeg"><param name=x><embed src="https://youtu.be/x0-zGdlpTeg"></object>',
            '<p><a href="https://www.youtube.com/watch?v=x0-zGdlpTeg"><img src="https://i.ytimg.com/vi/x0-zGdlpTeg/hqdefault.jpg" width="480" height="360" alt="Play the video"></a></p>',
        ),
        (
            "<embed src=//maps.example/x><noembed>no map</noembed>",
            '<p><a href="https://maps.example/x">Embedded content: maps.example</a></p>no map',
        ),
        (
            "<iframe src=//maps.example/x>not shown</iframe>after",
            '<p><a href="https://maps.example/x">Embedded content: maps.example</a></p>after',
        ),
        (
            "<iframe data-src=//maps.example/x></iframe>",
            '<p><a href="https://maps.example/x">Embedded content: maps.example</a></p>',
        ),
        (
            "<iframe src=//maps.example/x />after",
            '<p><a href="https://maps.example/x">Embedded content: maps.example</a></p>after',
        ),
        # custom elements
        (
            "<amp-img src=/a.jpg alt=A><noscript><img src=/a.jpg></noscript></amp-img>x",
            '<img src="https://news.example/a.jpg" alt="A">x',
        ),
        ("<amp-img src=/a.jpg>x", '<img src="https://news.example/a.jpg" alt="">x'),
        (
            "<amp-iframe src=//maps.example/x><amp-img placeholder src=/p.png></amp-img></amp-iframe>",
            '<p><a href="https://maps.example/x">Embedded content: maps.example</a></p>',
        ),
        ("<p placeholder>a</p><p fallback>b</p>", "<p>a</p><p>b</p>"),
        (
            "<amp-video><source src=/a.mp4><div fallback>No</div></amp-video>",
            '<p><a href="https://news.example/a.mp4">Video: a.mp4</a></p>',
        ),
        (
            '<video-js poster=/p.png><source src=/a.mp4><p><a href="//videojs.com/html5-video-support/">browsers</a></video-js>',
            '<p><a href="https://news.example/a.mp4"><img src="https://news.example/p.png" alt="Video: a.mp4"></a></p>',
        ),
        *(
            (
                f'<{name}="x0-zGdlpTeg"></{name.split()[0]}>',
                '<p><a href="https://www.youtube.com/watch?v=x0-zGdlpTeg"><img src="https://i.ytimg.com/vi/x0-zGdlpTeg/hqdefault.jpg" width="480" height="360" alt="Play the video"></a></p>',
            )
            for name in ("amp-youtube data-videoid", "lite-youtube videoid")
        ),
        (
            "<lite-vimeo videoid=123></lite-vimeo>",
            '<p><a href="https://player.vimeo.com/video/123">Embedded content: player.vimeo.com</a></p>',
        ),
        ('<noscript><iframe src="//counter.example/ns" height=0 width=0></iframe></noscript>', ""),
        ("<object data=javascript:x></object><embed src=data:x>y", "y"),
        ("<noframes><p>No frames</noframes>", "<p>No frames</p>"),
    ],
)
def test_what_is_embedded_is_a_link(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ('<img src="data:image/gif;base64,R0" data-src=/r.jpg>', '<img src="https://news.example/r.jpg" alt="">'),
        ('<img src="data:," data-lazy-src=/r.jpg>', '<img src="https://news.example/r.jpg" alt="">'),
        (
            "<img src=/themes/grey.gif data-original=/r.jpg alt=three>",
            '<img src="https://news.example/r.jpg" alt="three">',
        ),
        ('<img src="data:," data-srcset="/a.jpg 400w, /b.jpg 800w">', '<img src="https://news.example/b.jpg" alt="">'),
        (
            '<img src="data:image/svg+xml,%3Csvg%3E" data-lazy-srcset="/a.jpg 300w,/b.jpg 600w">',
            '<img src="https://news.example/b.jpg" alt="">',
        ),
        ('<img srcset="/a.jpg 1x, /b.jpg 2x">', '<img src="https://news.example/b.jpg" alt="">'),
        (
            '<img src=/1x1.png srcset="/s.jpg 400w, /m.jpg 1200w, /l.jpg 4000w">',
            '<img src="https://news.example/m.jpg" alt="">',
        ),
        ('<img src="" data-actualsrc=/r.jpg>', '<img src="https://news.example/r.jpg" alt="">'),
        ('<img src=/ok.jpg srcset="/l.jpg 2x">', '<img src="https://news.example/ok.jpg" alt="">'),
        (
            '<img srcset="https://c.example/w_4,h_3/a.jpg 400w, , ,">',
            '<img src="https://c.example/w_4,h_3/a.jpg" alt="">',
        ),
        ('<img srcset="data:image/gif;base64,R0lG 1w, /b.jpg">', '<img src="https://news.example/b.jpg" alt="">'),
        (
            '<img data-cfsrc=/a.jpg style="display:none" alt=a><noscript><img src=/a.jpg alt=a></noscript>',
            '<img src="https://news.example/a.jpg" alt="a">',
        ),
        ('<img src=/a.jpg style="display:none"><img data-src=/a.jpg hidden>', ""),
        ('<img src=/a.jpg data-src=/a.jpg style="display:none">', ""),
        ('<img data-src="/a_{width}x.jpg" src=/a_300x.jpg>', '<img src="https://news.example/a_300x.jpg" alt="">'),
        ("<img src=/lazy-placeholder.png data-src=/r.jpg>", '<img src="https://news.example/r.jpg" alt="">'),
        ("<img src=/blank.gif>", '<img src="https://news.example/blank.gif" alt="">'),
        ("<img data-original=true src=/r.jpg>", '<img src="https://news.example/r.jpg" alt="">'),
        ('<img src=/a.jpg data-src="javascript:x">', '<img src="https://news.example/a.jpg" alt="">'),
    ],
)
def test_a_picture_that_loads_late_is_the_picture(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    "attribute",
    sorted(
        (media.PICTURE - {"src", "srcset"})
        | {
            "data-url",
            "data-image",
            "data-full-url",
            "data-lazyload-src",
            "data-lazysrc",
            "data-hires",
            "data-orig-src",
            "data-ezsrc",
            "data-srclazy",
            "data-ll-src",
            "data-rocket-src",
            "nitro-lazy-src",
            "lazy-src",
            "data-ll-srcset",
        }
    ),
)
@pytest.mark.parametrize("before", ['src="data:image/gif;base64,R0"', "src=/blank.gif", ""])
def test_every_spelling_of_a_late_picture_is_read(attribute: str, before: str) -> None:
    assert from_html(f"<img {before} {attribute}=/r.jpg>") == '<img src="https://news.example/r.jpg" alt="">'


@pytest.mark.parametrize("attribute", ["data-url", "data-image", "data-full-url", "data-large-file"])
@pytest.mark.parametrize("value", ["/page/of/the/picture", "12", "javascript:x.y", ""])
def test_an_address_of_who_knows_what_takes_the_place_of_no_picture(attribute: str, value: str) -> None:
    assert from_html(f'<img src=/ok.jpg {attribute}="{value}">') == '<img src="https://news.example/ok.jpg" alt="">'


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '<picture><source srcset="https://s.example/9.webp"><img alt=nine></picture>',
            '<img src="https://s.example/9.webp" alt="nine">',
        ),
        (
            '<picture><source data-srcset="/a.avif" type=image/avif><source srcset="/a.jpg 1x, /b.jpg 2x"><img src="data:,"></picture>',
            '<img src="https://news.example/b.jpg" alt="">',
        ),
        ("<picture><source srcset=/a.webp><img src=/a.jpg></picture>", '<img src="https://news.example/a.jpg" alt="">'),
        (
            "<picture><source data-srcset=/a.webp><img src=/blank.gif></picture>",
            '<img src="https://news.example/a.webp" alt="">',
        ),
        (
            '<picture><source srcset="data:,"><source src=/v.jpg><img></picture>',
            '<img src="https://news.example/v.jpg" alt="">',
        ),
        ("<picture><source srcset=/a.webp></picture>x", "x"),
    ],
)
def test_a_picture_element_shows_what_its_img_would(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '<img src="data:," data-lazy-src=/r.jpg alt=one><noscript><img src=/r.jpg alt=one></noscript>',
            '<img src="https://news.example/r.jpg" alt="one">',
        ),
        (
            "<img src=/blank.gif class=lazy><noscript><img src=/r.jpg alt=r></noscript>",
            '<img src="https://news.example/r.jpg" alt="r">',
        ),
        (
            "<p><img src=/blank.gif></p>\n<noscript><img src=/r.jpg alt=r></noscript>",
            '<p><img src="https://news.example/r.jpg" alt="r"></p>',
        ),
        ('<img src="data:,"><noscript><img src=/r.jpg></noscript>', '<img src="https://news.example/r.jpg" alt="">'),
        (
            "<noscript><img src=/r.jpg></noscript><img src=/grey.gif data-original=/r.jpg>",
            '<img src="https://news.example/r.jpg" alt="">',
        ),
        ('<noscript><img src=/r.jpg></noscript><img src="data:,">', '<img src="https://news.example/r.jpg" alt="">'),
        ("<img src=/a.jpg><noscript><img src=/a.jpg></noscript>", '<img src="https://news.example/a.jpg" alt="">'),
        (
            "<img src=/a.jpg><noscript><img src=/b.jpg></noscript>",
            '<img src="https://news.example/a.jpg" alt=""><img src="https://news.example/b.jpg" alt="">',
        ),
        (
            "<img data-src=/a-300.jpg>\n<noscript><p><img src=/a.jpg></noscript>",
            '<img src="https://news.example/a-300.jpg" alt="">',
        ),
        (
            "<noscript><a href=/poll>Take the poll</a></noscript>",
            '<a href="https://news.example/poll">Take the poll</a>',
        ),
        ("<noscript><img src=//t.example/p height=1 width=1></noscript>", ""),
        ("<noscript>Please enable JavaScript to view the <a href=//d.example>comments</a>.</noscript>x", "x"),
        ('<noscript><img src="//count.example/p?c1=2&c2=3"></noscript>', ""),
        (
            '<noscript><img src="//i.example/p?id=2" alt=boats><img src=//i.example/x.png?w=1></noscript>',
            '<img src="https://i.example/p?id=2" alt="boats"><img src="https://i.example/x.png?w=1" alt="">',
        ),
        (
            "<noscript>&lt;img src=/a.jpg&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;i&gt;x&lt;/i&gt;</noscript>",
            '<img src="https://news.example/a.jpg" alt=""><i>x</i>',
        ),
        (
            '<img data-src=/a.jpg><noscript> &lt;img src="/a.jpg"&gt;</noscript>',
            '<img src="https://news.example/a.jpg" alt="">',
        ),
        ("<noscript>1 &amp;lt; 2</noscript>", "1 &amp;lt; 2"),
        (
            "<noscript><p>See the <a href=/map>map</a></noscript>",
            '<p>See the <a href="https://news.example/map">map</a></p>',
        ),
        (
            '<noscript><img src=/a-300x200.jpg></noscript><img src="data:," data-src=/a.jpg>',
            '<img src="https://news.example/a-300x200.jpg" alt="">',
        ),
        (
            "<noscript><img src=/p.gif></noscript><img data-src=/a.jpg>",
            '<img src="https://news.example/p.gif" alt=""><img src="https://news.example/a.jpg" alt="">',
        ),
        (
            "<img data-src=/a.jpg><noscript><img src=/a.jpg></noscript><img data-src=/b.jpg><noscript><img src=/b.jpg></noscript>",
            '<img src="https://news.example/a.jpg" alt=""><img src="https://news.example/b.jpg" alt="">',
        ),
        (
            "<noscript><img src=/a.jpg></noscript><img data-src=/a.jpg><noscript><img src=/b.jpg></noscript><img data-src=/b.jpg>",
            '<img src="https://news.example/a.jpg" alt=""><img src="https://news.example/b.jpg" alt="">',
        ),
        (
            "<img data-src=/a.jpg> then <noscript><img src=/a.jpg></noscript>",
            '<img src="https://news.example/a.jpg" alt=""> then <img src="https://news.example/a.jpg" alt="">',
        ),
    ],
)
def test_a_picture_for_programs_without_scripts_is_shown_once(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '<base href="https://c.example/d/"><a href=n.html>n</a> <img src=i.png alt=i>',
            '<a href="https://c.example/d/n.html">n</a> <img src="https://c.example/d/i.png" alt="i">',
        ),
        (
            '<base href="/archive/"><a href=n.html>n</a><base href=//b.example/>',
            '<a href="https://news.example/archive/n.html">n</a>',
        ),
        (
            '<base target=_top><base href="https://c.example/d/e"><img src=a.png>',
            '<img src="https://c.example/d/a.png" alt="">',
        ),
        ("<a href=n.html>n</a><base href=../>", '<a href="https://news.example/n.html">n</a>'),
        ('<base href="javascript:alert(1)"><a href=n.html>n</a>', '<a href="https://news.example/2020/n.html">n</a>'),
        ('<base href="data:text/html,x"><a href=n.html>n</a>', '<a href="https://news.example/2020/n.html">n</a>'),
        ('<base href="//cdn.example"><a href=/n>n</a>', '<a href="https://cdn.example/n">n</a>'),
        ("<!-- <base href=//no.example/> --><a href=n>n</a>", '<a href="https://news.example/2020/n">n</a>'),
        (
            "<p title='<base href=\"//no.example/\">'><a href=n>n</a>",
            '<p><a href="https://news.example/2020/n">n</a></p>',
        ),
        ('<base href="ftp://x/"><base href="//b.example/"><a href=n>n</a>', '<a href="https://b.example/n">n</a>'),
        (
            '<html><head><base href="https://c.example/"></head><body><video src=v.mp4></video>',
            '<p><a href="https://c.example/v.mp4">Video: v.mp4</a></p>',
        ),
    ],
)
def test_a_base_is_what_urls_resolve_against(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '<ul><li><input type="checkbox" checked disabled> Passport<li><input type=checkbox>Tickets</ul>',
            "<ul><li>☑ Passport</li><li>☐ Tickets</li></ul>",
        ),
        ("<input type=radio checked>Yes <input type=RADIO>No", "☑ Yes ☐ No"),
        ("<label><input type=checkbox checked=checked><b>Bold</b></label>", "☑ <b>Bold</b>"),
        ("<span role=checkbox aria-checked=true></span>a<span role=switch aria-checked=false>b</span>", "☑ a☐ b"),
        (
            "<ul><li data-list=checked>a</li><li data-list=unchecked>b</li><li role=checkbox aria-checked=true>c</li></ul>",
            "<ul><li>☑ a</li><li>☐ b</li><li>☑ c</li></ul>",
        ),
        ("<ol><li data-list=ordered>a</li></ol>", "<ol><li>a</li></ol>"),
        ("<en-todo checked=true></en-todo>a<en-todo>b", "☑ a☐ b"),
        ("<div class='checkbox checkbox-on'></div> <span class=to-do>a</span>", "<div>☑</div> a"),
        ("<div role=main aria-checked=true class=checked>a</div>", "<div>a</div>"),
        ("<input type=checkbox><a href=/x>x</a>", '☐ <a href="https://news.example/x">x</a>'),
        ("<input type=text value=secret><input value=x><input type=hidden value=y>z", "z"),
        ("<select><option>a<option selected>b</select> <select><option>c</select>", "b"),
        ("<select multiple><optgroup label=g><option selected>a<option selected label=B>b</select>", "a, B"),
        (
            "<progress value=7 max=10></progress> <progress></progress><meter min=10 max=20 value=15></meter>",
            "70 % 50 %",
        ),
        ("<meter value=.5>half</meter> <progress value=nan></progress><progress value=3 max=0></progress>x", "half x"),
        ("<textarea>\na <b>\n c</textarea>", "a &lt;b&gt;<br> c"),
        ("<button>Go</button> <output>42</output>", "Go 42"),
        ("<form><p>Name: <input></p></form>", "<div><p>Name: </p></div>"),
        ("<datalist><option>no</datalist>x", "x"),
    ],
)
def test_controls_of_forms_say_what_they_hold(source: str, shown: str) -> None:
    assert from_html(source) == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (
            '<table><caption>Sales</caption><tr><th scope="col">City<th>2023<th>2024<tr><td>Rome<td><td>12<tr><td>Oslo<td>7<td></table>',
            '<table><caption>Sales</caption><tbody><tr><th scope="col">City</th><th>2023</th><th>2024</th></tr><tr><td>Rome</td><td></td><td>12</td></tr><tr><td>Oslo</td><td>7</td><td></td></tr></tbody></table>',
        ),
        (
            "<table><tr><th>a<th>b<tr><td>1<td></table>",
            "<table><tbody><tr><th>a</th><th>b</th></tr><tr><td>1</td><td></td></tr></tbody></table>",
        ),
        (
            "<table><tr><td scope=row>a<td><tr><td>c<td>d</table>",
            "<table><tbody><tr><td>a</td><td></td></tr><tr><td>c</td><td>d</td></tr></tbody></table>",
        ),
        (
            "<table><thead><tr><td>a<td>b</thead><tr><td><td>1</table>",
            "<table><thead><tr><td>a</td><td>b</td></tr></thead><tbody><tr><td></td><td>1</td></tr></tbody></table>",
        ),
        (
            '<table summary="Results"><tr><td>a<td></table>',
            "<table><tbody><tr><td>a</td><td></td></tr></tbody></table>",
        ),
        ("<table border=1><tr><td>a<td></table>", "<table><tbody><tr><td>a</td><td></td></tr></tbody></table>"),
        ("<table role=table><tr><td>a<td></table>", "<table><tbody><tr><td>a</td><td></td></tr></tbody></table>"),
        *(
            (
                f"<table {said}><tr><td {of_cell}>a<td></table>",
                "<table><tbody><tr><td>a</td><td></td></tr></tbody></table>",
            )
            for said, of_cell in (("", "headers=h"), ("", "abbr=h"), ("rules=all", ""), ("aria-label=Sales", ""))
        ),
        (
            "<figure class=wp-block-table> <table><tr><td>a<td></table><figcaption>Sales</figcaption></figure>",
            (
                "<figure> <table><tbody><tr><td>a</td><td></td></tr></tbody></table>"
                "<figcaption>Sales</figcaption></figure>"
            ),
        ),
        (
            "<table style='border: 1px solid'><tr><td>a<td>b<tr><td>c<td></table>",
            "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></tbody></table>",
        ),
        (
            "<table><tr><td>a<td>b<tr><td><td><b>1</b><tr><td>2<td></table>",
            (
                "<table><tbody><tr><td>a</td><td>b</td></tr><tr><td></td><td><b>1</b></td></tr>"
                "<tr><td>2</td><td></td></tr></tbody></table>"
            ),
        ),
        (
            "<table><tr><td colspan=2>a<tr><td>b<td>c<tr><td>d<td>e</table>",
            (
                '<table><tbody><tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr>'
                "<tr><td>d</td><td>e</td></tr></tbody></table>"
            ),
        ),
        (
            "<table role=presentation><tr><td><table><tr><th>a<td></table></table>",
            "<div><table><tbody><tr><th>a</th><td></td></tr></tbody></table></div>",
        ),
    ],
)
def test_a_table_of_data_in_a_whole_document_stays_with_its_empty_cells(source: str, shown: str) -> None:
    assert from_html(f"<!doctype html><html><body>{source}") == shown


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<table><tr><td>a<td></table>", "<div>a</div>"),
        ("<table role=presentation><tr><th scope=col>a<td>b</table>", "<div>a</div><div>b</div>"),
        ('<table border=0 summary=""><tr><td>a<td>b</table>', "<div>a</div><div>b</div>"),
        ("<table><tr><th>a<th></table>", "<div>a</div>"),
        ("<table border=1><tr><td>a</table>", "<div>a</div>"),
        ("<table border=1><tr><td>a<td><table><tr><td>b</table></table>", "<div>a</div><div>b</div>"),
        ("<table><tr><th><table><tr><th>a</table></th><td>b</table>", "<div>a</div><div>b</div>"),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", "<div>a</div><div>b</div><div>c</div><div>d</div>"),
        (
            "<table><tr><td><p>a</p><td>b<tr><td>c<td><tr><td>d<td></table>",
            "<div><p>a</p></div><div>b</div><div>c</div><div>d</div>",
        ),
        ("<table><tr><td>&nbsp;<td><tr><td>c<td>&nbsp;<tr><td><td></table>", "<div>c</div>"),
        (
            "<table><tr><td>a<tr><td>b<td>c<tr><td>d<td>e</table>",
            "<div>a</div><div>b</div><div>c</div><div>d</div><div>e</div>",
        ),
        ("<table role=none><caption>a</caption><tr><td>b</table>", "<div>a</div><div>b</div>"),
        *(
            (f"<table style='{style}'><tr><td>a<td>b<tr><td>c<td></table>", "<div>a</div><div>b</div><div>c</div>")
            for style in ("border: 0", "border:none", "border-collapse: collapse", "border-spacing: 2px", "width: 10px")
        ),
        ("<table style='border: 1px solid'><tr><td>a<td>b</table>", "<div>a</div><div>b</div>"),
        (
            "<figure>words<table><tr><td>a<td>b</table></figure>",
            "<figure>words<div>a</div><div>b</div></figure>",
        ),
    ],
)
def test_a_table_of_layout_in_a_whole_document_goes(source: str, shown: str) -> None:
    assert from_html(f"<!doctype html><html><body>{source}") == shown


@pytest.mark.parametrize(
    ("source", "summary"),
    [
        (
            "<p>The fee is <strike>80</strike> 60 euro. It is <s>not</s> refundable.",
            "The fee is 60 euro. It is refundable.",
        ),
        ("<p>A <del lang=en>B</del><ins>C</ins>", "A C"),
        ("<p>She said <q>no</q> and <q lang=de>nein</q>.", "She said “no” and “nein”."),
        ("<p>A <strong>b</strong> <span>s</span>", "A b s"),
        ("<ul><li><input type=checkbox checked>Done<li><input type=checkbox>Open</ul>", "☑ Done ☐ Open"),
        ("<p>As <math alttext='e^x'></math> <svg><title>here</title></svg>.", "As e^x here."),
    ],
)
def test_a_summary_says_what_the_body_says(source: str, summary: str) -> None:
    shown = content.entry_texts(
        item(source, body_format="html"), base_url="https://a.example/", page_url=lambda _: None
    )
    assert shown[1] == summary


def test_markup_that_becomes_words_does_not_become_markup() -> None:
    hostile = "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=x&gt;"
    for source in (
        f"<math alttext='{hostile}'></math>",
        f"<math><mtext>{hostile}</mtext></math>",
        f"<math><annotation encoding=application/x-tex>{hostile}</annotation></math>",
        f"<svg aria-label='{hostile}'></svg>",
        f"<svg><title>{hostile}</title></svg>",
        f"<svg><text>{hostile}</text></svg>",
        f"<video src=/a.mp4 title='{hostile}'></video>",
        f"<textarea>{hostile}</textarea>",
        f"<select><option selected label='{hostile}'></select>",
        f"<script type=math/tex>{hostile}</script>",
        f"<xmp>{hostile}</xmp>",
        f"<progress>{hostile}</progress>",
    ):
        shown = from_html(source)
        assert "&lt;script&gt;" in shown or "&amp;lt;script" in shown
        assert "<script" not in shown
        assert "<img" not in shown
