//! Scales, marks and pixels of charts.

use super::*;

fn chart() -> Chart {
    let axis = |title: &str, scale| Axis {
        title: title.into(),
        scale,
        range: (0.0, 10.0),
        ticks: vec![(0.0, "0".into()), (5.0, "5".into())],
    };
    Chart {
        title: "a < b & c".into(),
        x: axis("x", Scale::Linear),
        y: axis("y", Scale::Linear),
        series: vec![Series { name: "one".into(), points: vec![(0.0, 5.0), (10.0, 5.0)] }],
    }
}

#[test]
fn scales_place_values_between_the_ends() {
    let axis = |scale, range| Axis { title: String::new(), scale, range, ticks: Vec::new() };
    let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
    assert!(near(axis(Scale::Linear, (0.0, 4.0)).place(1.0), 0.25));
    assert!(near(axis(Scale::Log, (1.0, 1e4)).place(100.0), 0.5));
    assert!(near(axis(Scale::Probit, (0.1, 0.9)).place(0.5), 0.5));
    assert!(near(axis(Scale::Linear, (0.0, 4.0)).place(9.0), 1.0) && near(axis(Scale::Log, (1.0, 10.0)).place(0.0), 0.0));
    assert!(near(axis(Scale::Linear, (1.0, 1.0)).place(1.0), 0.0));
    assert!((probit(0.975) - 1.959_963_985).abs() < 1e-8 && (probit(1e-5) + 4.264_890_794).abs() < 1e-8);
}

#[test]
fn an_svg_holds_every_mark_and_escapes_its_texts() {
    let text = svg(&chart());
    // Four grid lines, the frame, the curve, its sample in the legend.
    assert_eq!(text.matches("<polyline").count(), 7);
    // Title, two axis titles, four ticks, one name.
    assert_eq!(text.matches("<text").count(), 8);
    assert_eq!(text.matches("a &lt; b &amp; c").count(), 2);
    assert!(
        text.contains("<polyline points=\"84.0,272.0 736.0,272.0\" fill=\"none\" stroke=\"#0072b2\" stroke-width=\"2\"/>"),
        "{text}"
    );
}

#[test]
fn a_png_shows_the_curve_in_its_colour() {
    let picture = image::load_from_memory(&png(&chart()).unwrap()).unwrap().to_rgb8();
    assert_eq!(picture.dimensions(), (1_520, 1_120));
    assert_eq!(picture.get_pixel(0, 0).0, [255; 3]);
    assert_eq!(picture.get_pixel(800, 544).0, COLOURS[0], "the middle of the curve");
    assert_eq!(picture.get_pixel(800, 560).0, [255; 3], "beside it");
}

#[test]
fn every_printable_character_of_our_texts_is_drawn() {
    let box_of_unknown = glyphs::strokes('\u{1F600}');
    let texts = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 .,:;%-+/()=<>_*'÷×";
    for character in texts.chars() {
        assert_ne!(glyphs::strokes(character), box_of_unknown, "{character}");
    }
}
